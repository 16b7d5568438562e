"""The generated loan book of `habeas demo`: invented borrowers, and what was planted in it."""
