//go:build febrl

package likeness_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"skein/domain/contact"
	"skein/domain/likeness"
	"skein/domain/space"
)

// The pairs of the Febrl data sets (Christen, "Febrl", 2008) are found. They lie in the
// folder that SKEIN_FEBRL names: go test -tags febrl ./domain/likeness.
func TestFebrl(t *testing.T) {
	folder := os.Getenv("SKEIN_FEBRL")
	if folder == "" {
		t.Fatal("SKEIN_FEBRL names no folder with dataset1.csv and dataset2.csv")
	}
	for name, goal := range map[string]float64{"dataset1.csv": .95, "dataset2.csv": .90} {
		records := febrl(t, filepath.Join(folder, name))
		m, missed, wrong := measure(records)
		t.Logf("%s, %d records: %v", name, len(records), m)
		if m.f1() >= goal {
			continue
		}
		t.Errorf("%s: F1 is %.4f, want %.2f", name, m.f1(), goal)
		for what, pairs := range map[string][][2]int{"missed": missed, "wrong": wrong} {
			for _, pair := range pairs {
				a, b := records[pair[0]].Person, records[pair[1]].Person
				t.Logf("%s at %+v:\n%+v\n%+v", what, likeness.Compare(a, b), a, b)
			}
		}
	}
}

// febrl reads a data set as the contacts of a space whose custom fields are its columns.
func febrl(t *testing.T, file string) (records []record) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.TrimLeadingSpace = true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var fields []space.Field
	for _, column := range rows[0][1:] {
		fields = append(fields, space.Field{Key: column, Label: column, Type: space.Text})
	}
	reader := likeness.NewReader(fields)
	for _, row := range rows[1:] {
		of, err := strconv.Atoi(strings.Split(row[0], "-")[1]) // rec-223-org, rec-223-dup-0
		if err != nil {
			t.Fatal(err)
		}
		values := map[contact.Slot]contact.Value{}
		for i, f := range fields {
			values[contact.Slot(f.Key)] = contact.Value{Text: strings.TrimSpace(row[i+1])}
		}
		records = append(records, record{reader.Person(contact.Contact{Values: values}), of})
	}
	return records
}
