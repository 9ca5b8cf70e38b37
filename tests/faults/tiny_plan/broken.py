"""A web that cannot be imported: what a mistake in the code looks like to the supervisor."""

raise RuntimeError("the reason stands here")
