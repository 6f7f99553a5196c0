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
		done, err := at.Backup(ctx, cmd.To)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "Backed up to %s, %s\nCheck it with: skein node verify --folder %[1]s\nRestore it while no skein runs: put it in the place of %[3]s\n",
			cmd.To, megabytes(done.Bytes), of.folder(s))
		return err
	})
}
