"""How the project is put together: paths, settings, URLs, the database it runs on."""
