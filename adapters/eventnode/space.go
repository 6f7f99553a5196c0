package eventnode

import (
	"errors"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/atomicfs"
)

// probe finds out whether the disk takes what is written.
func (f *folder) probe() error {
	name := f.fs.PathJoin(f.cfg.Dir, "probe")
	file, err := f.fs.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, 64<<10))
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close(), f.fs.Remove(name))
}

// tables are the files of tables in a folder, and the list that says which of them are in
// use.
type tables struct {
	files []string
	list  string
}

func (f *folder) tables() (t tables, err error) {
	names, err := f.fs.List(f.cfg.Dir)
	if err != nil {
		return t, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".sst") {
			t.files = append(t.files, name)
		}
	}
	t.list, err = atomicfs.ReadMarker(f.fs, f.cfg.Dir, "manifest")
	return t, err
}

// sweep removes the tables of an opening that was given up. A store begins a new list
// with the first table that it adds while it opens, and nothing else changes the folder
// until then: under the same list it knows of no new table.
func (f *folder) sweep(before tables) error {
	now, err := f.tables()
	if err != nil || now.list != before.list {
		return err
	}
	for _, name := range now.files {
		if !slices.Contains(before.files, name) {
			err = errors.Join(err, f.fs.Remove(f.fs.PathJoin(f.cfg.Dir, name)))
		}
	}
	return err
}
