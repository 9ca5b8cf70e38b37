"""The catalogue of services: sub-apps, topics, services, search. Open to everyone."""
