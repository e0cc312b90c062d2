"""Papers that people send in the chat: taken, named and confirmed one by one, for whichever process asks for them."""
