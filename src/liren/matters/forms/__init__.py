<<<<<<< HEAD
"""Forms of the matter engine, one module a face."""
=======
"""The forms of matters: one module a face."""
>>>>>>> 5215201 (The leaders' face: today, one matter under the thumb, one-tap links, being away)
