"""One call, a hundred answer 一呼百应: a call to a place, answered with one tap, counted live."""
