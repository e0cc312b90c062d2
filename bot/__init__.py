"""What runs inside Rasa's process: the input channel and the understanding. Imports no other room."""
