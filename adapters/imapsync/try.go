package imapsync

import "context"

// Try connects to a, logs in, lists the folders and logs out again, so that a
// login is known to work before anything is recorded of it (C3-11). All of it
// takes at most the client's Timeout, and two seconds for the farewell. Its
// error is an *Error, or wraps that of a context that ended.
func (c Client) Try(ctx context.Context, a Account) ([]Folder, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout(), silence(c.timeout()))
	defer cancel()
	s, err := c.Open(ctx, a)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return s.Folders(ctx)
}
