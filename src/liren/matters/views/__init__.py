"""Screens of the matter engine, one module or package a face."""
