"""What the pages show: frozen, already in words, already scoped to the actor. Pages draw; these decide what there is."""
