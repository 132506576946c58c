<<<<<<< HEAD
"""Screens of the matter engine, one module or package a face."""
=======
"""The screens of matters: one module a face."""
>>>>>>> 5215201 (The leaders' face: today, one matter under the thumb, one-tap links, being away)
