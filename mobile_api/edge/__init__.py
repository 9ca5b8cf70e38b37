"""Between the sockets and Flask: bodies are read whole, and in time, before a thread is spent on them (ADR 0016)."""
