package eventnode

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
)

// Users are those who may use a node. Their passwords are not kept, but only what tells
// them from others. The zero Users is everybody.
type Users struct {
	key    []byte
	proofs map[string][]byte // of each user's password, under the key
}

// ParseUsers reads "name:password", one a line. Empty lines and those that begin with #
// are passed over. Its errors do not repeat what was read.
func ParseUsers(text string) (Users, error) {
	u := Users{key: make([]byte, sha256.Size), proofs: map[string][]byte{}}
	rand.Read(u.key)
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, password, ok := strings.Cut(line, ":")
		if !ok || name == "" || password == "" {
			return Users{}, fmt.Errorf("line %d of the users is not name:password", n)
		}
		if u.proofs[name] != nil {
			return Users{}, fmt.Errorf("line %d of the users names somebody again", n)
		}
		u.proofs[name] = u.proof(name, password)
	}
	if len(u.proofs) == 0 {
		return Users{}, errors.New("there is no user among the users: write name:password, one a line")
	}
	return u, nil
}

// everybody says whether no login is needed.
func (u Users) everybody() bool { return len(u.proofs) == 0 }

// know says whether the password is that of the user. It takes as long for a name that
// nobody has.
func (u Users) know(name, password string) bool {
	return hmac.Equal(u.proof(name, password), u.proofs[name])
}

func (u Users) proof(name, password string) []byte {
	mac := hmac.New(sha256.New, u.key)
	fmt.Fprintf(mac, "%d:%s%s", len(name), name, password)
	return mac.Sum(nil)
}
