"""What clinicians read, try and sign the protocols with."""
