package main

import (
	"context"
	"fmt"
	"os"
)

// nodeBackup copies the store.
type nodeBackup struct {
	To string `arg:"" type:"path" help:"Folder to make. It must not exist yet."`
}

// Run copies the store and says how to go on from there.
func (cmd nodeBackup) Run(ctx context.Context, s *settings, of *node) error {
	return of.operate(ctx, s, func(at operator) error {
		if _, err := os.Stat(cmd.To); err == nil {
			return fmt.Errorf("%s is there already: name a folder that is not", cmd.To)
		}
		left := leftovers(cmd.To)
		done, err := at.Backup(ctx, cmd.To)
		if err != nil {
			return err
		}
		for _, path := range left {
			fmt.Fprintf(s.out, "%s is left of a backup that was broken off: remove it, unless one is under way there\n", path)
		}
		_, err = fmt.Fprintf(s.out, `Backed up to %s, %s
Check it with: skein node verify --folder %[1]s
Restore it while no skein runs: put it in the place of %[3]s, and remove the folder postgres from the data folder or name an empty database with POSTGRES, for the read models know more than the backup and are filled anew from it
`, cmd.To, megabytes(done.Bytes), of.folder(s))
		return err
	})
}
