"""The child process that decodes one photo and ends: the only place where Pillow and libheif run."""
