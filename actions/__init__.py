"""What Rasa calls: reads the tracker, calls backend, says what to answer. No SQL, no HTML."""
