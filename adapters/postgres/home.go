package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// farAway keeps the clusters of data folders that the server's account cannot reach.
const farAway = "/var/lib/skein"

// settle returns the folder of a cluster and who serves it. That folder is
// dir/postgres, or what dir/postgres links to: root's data folder may be where no
// other account gets (/root is such a place), and then the cluster lies elsewhere.
// The link makes the choice last, whatever becomes of the modes of its parents.
func settle(ctx context.Context, dir string) (string, account, error) {
	home := filepath.Join(dir, "postgres")
	as, err := accountFor(home)
	if err != nil {
		return "", account{}, err
	}
	if _, err := os.Lstat(home); errors.Is(err, fs.ErrNotExist) {
		if err := as.begin(ctx, dir, home); err != nil {
			return "", account{}, err
		}
	}
	real, err := filepath.EvalSymlinks(home)
	if err != nil {
		return "", account{}, fmt.Errorf("the database that %s links to is gone (remove the link to begin anew): %w", home, err)
	}
	if real, err = filepath.Abs(real); err != nil {
		return "", account{}, err
	}
	if err := as.takes(real); err != nil {
		return "", account{}, err
	}
	enters, err := as.enters(ctx, real)
	if err != nil {
		return "", account{}, fmt.Errorf("enter %s as %s: %w", real, as.name, err)
	}
	if !enters {
		return "", account{}, fmt.Errorf("user %s, who serves the database in %s, cannot get there: let it pass the folders above (chmod o+x)", as.name, real)
	}
	return real, as, nil
}

// begin makes the folder of a new cluster. Elsewhere it gets a name that was never
// there: the data of a folder that was since removed must not come back.
func (a account) begin(ctx context.Context, dir, home string) error {
	mode := fs.FileMode(0o700)
	if a.dropped {
		mode = 0o711 // to pass, not to look around
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return err
	}
	enters, err := a.enters(ctx, dir)
	if err != nil { // the choice is for good, and not to be made in the dark
		return fmt.Errorf("enter %s as %s: %w", dir, a.name, err)
	}
	if enters {
		if err := os.Mkdir(home, 0o700); err != nil {
			return err
		}
		return keep(dir)
	}
	if err := os.MkdirAll(farAway, 0o711); err != nil {
		return err
	}
	whole, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	far, err := os.MkdirTemp(farAway, filepath.Base(whole)+"-*")
	if err != nil {
		return err
	}
	if err := os.Symlink(far, home); err != nil {
		return errors.Join(err, os.Remove(far))
	}
	return errors.Join(keep(farAway), keep(dir))
}

// keep makes the names in a folder outlive a power cut.
func keep(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
