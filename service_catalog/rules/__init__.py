"""What a catalogue consists of and which rules it must keep: pure."""
