"""What changed from one release to the next: the dataset `changes`, the Atom feed, and the way back from feed to release."""
