package conversation

import "hash/maphash"

// notes are the ids of what was noted. States share their parts, none of which is ever
// written to: a tree that branches by hash.
type notes struct{ top *note }

type note struct {
	next [branches]*note
	id   MessageID
	hash uint64
	more *note // with the same hash
}

const branches = 4

var seed = maphash.MakeSeed()

func (n notes) has(id MessageID) bool {
	hash := maphash.String(seed, string(id))
	at := n.top
	for rest := hash; at != nil; rest /= branches {
		if at.hash == hash {
			for one := at; one != nil; one = one.more {
				if one.id == id {
					return true
				}
			}
			return false
		}
		at = at.next[rest%branches]
	}
	return false
}

func (n notes) with(id MessageID) notes {
	hash := maphash.String(seed, string(id))
	return notes{n.top.with(id, hash, hash)}
}

// with is the tree below n with one id more: nodes on the way are copied.
func (n *note) with(id MessageID, hash, rest uint64) *note {
	if n == nil {
		return &note{id: id, hash: hash}
	}
	after := *n
	if n.hash == hash {
		after.more = &note{id: id, hash: hash, more: n.more}
	} else {
		after.next[rest%branches] = n.next[rest%branches].with(id, hash, rest/branches)
	}
	return &after
}
