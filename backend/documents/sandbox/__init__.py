"""The process that opens one file of a stranger and ends: it can open no file, no socket, no process.

It runs apart from the service, with the interpreter's isolated mode and two folders on its path; so it imports
nothing of Zelo but these modules and `backend.documents.signatures`.
"""
