package postgres

import (
	"errors"
	"strings"
	"testing"
)

func TestReleasesAreOrderedByTheirNumbers(t *testing.T) {
	t.Parallel()
	inOrder := []string{"19devel", "9.6.24", "15", "15.9", "15.18", "16.2", "100.0"}
	for i, older := range inOrder {
		for _, newer := range inOrder[i+1:] {
			if compare(older, newer) >= 0 {
				t.Errorf("%s comes before %s", newer, older)
			}
		}
	}
}

func TestDataOfAnotherVersionNamesThePackageThatServesIt(t *testing.T) {
	t.Parallel()
	_, err := locate("99")
	if !errors.Is(err, ErrNotInstalled) || !strings.Contains(err.Error(), "apt-get install postgresql-99") {
		t.Errorf("got %v, want ErrNotInstalled and the package", err)
	}
}
