"""Pages of partners: everybody's, the liaison's, the desk's."""
