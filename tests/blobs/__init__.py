"""What the tests of large results share: `disk` says what lies in a directory, `steps` where an operation stands,
`scene` has cached functions whose results share buffers, `crashes` and `crowd` are run in processes of their own.

Written from the documented layout and promises, not from the code.
"""
