"""Pages of the joint council: the desk's, and those of an institution's liaison."""
