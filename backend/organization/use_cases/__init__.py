"""What is done to the organization: load the city, import a calendar, bind staff."""
