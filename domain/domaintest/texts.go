package domaintest

import (
	"encoding/json"
	"testing"

	"skein/domain"
)

// Texts are the texts in what is kept of an event, also those by which anything is named
// that may be named by any text: the keys of objects within objects.
func Texts(t *testing.T, e domain.Event) (all []string) {
	t.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var kept map[string]any
	if err := json.Unmarshal(data, &kept); err != nil {
		t.Fatal(err)
	}
	for _, value := range kept {
		all = append(all, texts(value)...)
	}
	return all
}

func texts(value any) (all []string) {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		for _, one := range v {
			all = append(all, texts(one)...)
		}
	case map[string]any:
		for name, one := range v {
			all = append(append(all, name), texts(one)...)
		}
	}
	return all
}
