"""What must hold: rules as data, checked when loaded, judged in the stage with three answers."""
