package postgres

import (
	"errors"
	"os"
)

// A boundedFile of lines becomes name.1 when it is full, and begins anew.
type boundedFile struct {
	folder *os.Root // in a folder of another account, names lead nowhere else
	name   string
	owner  account
	file   *os.File
	size   int64
}

// fileLimit is when a boundedFile is full.
const fileLimit = 1 << 20

func openBounded(folder, name string, owner account) (*boundedFile, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	f := &boundedFile{folder: root, name: name, owner: owner}
	if err := f.open(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return f, nil
}

func (f *boundedFile) open() error {
	file, err := f.folder.OpenFile(f.name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil && f.owner.dropped {
		err = file.Chown(f.owner.uid, f.owner.gid)
	}
	if err != nil {
		return errors.Join(err, file.Close())
	}
	f.file, f.size = file, info.Size()
	return nil
}

// WriteLine adds a line.
func (f *boundedFile) WriteLine(line string) error {
	if f.size > fileLimit {
		err := errors.Join(f.folder.Rename(f.name, f.name+".1"), f.file.Close(), f.open())
		if err != nil {
			return err
		}
	}
	n, err := f.file.WriteString(line + "\n")
	f.size += int64(n)
	return err
}

// Close closes the file.
func (f *boundedFile) Close() error {
	return errors.Join(f.file.Close(), f.folder.Close())
}
