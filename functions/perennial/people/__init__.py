"""Who somebody is: recognised, merged when two documents turn out to be one person, exported, erased."""
