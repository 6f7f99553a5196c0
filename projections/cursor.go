package projections

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"skein/domain"
)

// cursorAt is where a page of a list ended: at a key of its order and an id.
type cursorAt struct {
	Key string `json:"k"`
	ID  string `json:"i"`
}

type sealedCursor struct {
	cursorAt
	List []byte `json:"l"` // which list it belongs to
}

var errCursor = domain.Refuse(domain.Invalid, "cursor_invalid", "The cursor does not belong to this list. Begin again without one, and keep filter and sort the same from page to page.")

// seal is the cursor in a form for clients, bound to the list that of describes (D3-11).
func (c cursorAt) seal(of ...string) string {
	data, _ := json.Marshal(sealedCursor{c, digest(of)}) // strings and bytes always have a JSON form
	return base64.RawURLEncoding.EncodeToString(data)
}

// openCursor is the place a cursor stands for; the empty cursor stands before all.
func openCursor(cursor string, of ...string) (cursorAt, error) {
	if cursor == "" {
		return cursorAt{}, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(cursor)
	var c sealedCursor
	if err != nil || json.Unmarshal(data, &c) != nil || string(c.List) != string(digest(of)) || strings.ContainsRune(c.Key+c.ID, 0) {
		return cursorAt{}, errCursor.Where("/cursor")
	}
	return c.cursorAt, nil
}

// positionBefore is the position that a cursor of a list stands for in which the last one
// comes first; the empty cursor stands before all.
func positionBefore(cursor string, of ...string) (int64, error) {
	at, err := openCursor(cursor, of...)
	if err != nil || at.Key == "" {
		return math.MaxInt64, err
	}
	position, err := strconv.ParseInt(at.Key, 10, 64)
	if err != nil {
		return 0, errCursor.Where("/cursor")
	}
	return position, nil
}

// sealPosition is the cursor that stands for a position.
func sealPosition(at domain.Position, of ...string) string {
	return cursorAt{Key: strconv.FormatUint(uint64(at), 10)}.seal(of...)
}

func digest(of []string) []byte {
	sum := sha256.Sum256([]byte(strings.Join(of, "\x00")))
	return sum[:8]
}
