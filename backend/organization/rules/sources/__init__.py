"""From the files of the city to frozen values: every caution of the data's README is a rule here. Pure."""
