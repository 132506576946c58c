"""The residents' face: first page, a community's home, what joins the apps on a phone."""
