"""The joint council 区域化党建: what resident institutions need, have and promise each other."""
