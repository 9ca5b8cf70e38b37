"""What a person has agreed to: texts in their versions, and who gave or withdrew which consent when."""
