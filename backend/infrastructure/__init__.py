"""One door for each outside part: database, queue, cache, push, SMS, keys."""
