"""Habeas: one chain from a data set to a legal remedy, with evidence at every link."""
