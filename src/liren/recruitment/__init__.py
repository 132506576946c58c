"""Leaders: finding them, their first day, handing over, thanks; who is responsible for what."""
