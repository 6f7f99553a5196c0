package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// account is who the server runs as. Postgres refuses to run as root, so root's
// server runs as somebody with fewer rights.
type account struct {
	name     string
	uid, gid int
	dropped  bool // another than ours
}

// accountFor returns who keeps a folder already, and otherwise who we are. For
// root that is "postgres" where it exists, else "nobody".
func accountFor(folder string) (account, error) {
	if os.Geteuid() != 0 {
		me, err := user.Current()
		if err != nil {
			return account{}, fmt.Errorf("look up who we are: %w", err)
		}
		return of(me, false)
	}
	if owner := ownerOf(folder); owner > 0 {
		keeper, err := user.LookupId(strconv.Itoa(owner))
		if err != nil {
			return account{}, fmt.Errorf("look up the owner of %s: %w", folder, err)
		}
		return of(keeper, true)
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return of(u, true)
		}
	}
	return account{}, errors.New("root cannot run Postgres, and there is neither a user postgres nor a user nobody")
}

func of(u *user.User, dropped bool) (account, error) {
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	return account{name: u.Username, uid: uid, gid: gid, dropped: dropped}, errors.Join(err1, err2)
}

// ownerOf returns -1 for a folder that is not there.
func ownerOf(folder string) int {
	info, err := os.Stat(folder)
	if err != nil {
		return -1
	}
	return int(info.Sys().(*syscall.Stat_t).Uid)
}

// command runs a program as the account, in a session of its own: a Ctrl-C in the
// terminal is for us, and reaches the server when we have come to stop it. Of the
// environment it sees the search path only.
func (a account) command(ctx context.Context, dir, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.dropped {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return cmd
}

// enters reports whether the account can enter a folder, by trying it. An error
// says that it could not be tried.
func (a account) enters(ctx context.Context, folder string) (bool, error) {
	if !a.dropped {
		return true, ctx.Err()
	}
	err := cutShort(ctx, a.command(ctx, folder, "/bin/sh", "-c", ":").Run())
	if errors.Is(err, fs.ErrPermission) {
		return false, nil
	}
	return err == nil, err
}

// cutShort returns the error of a command, which is that of ctx where ctx may have ended it.
func cutShort(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// takes gives the account a file or folder of ours.
func (a account) takes(path string) error {
	if !a.dropped {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}
