package verify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/identifier"
	"skein/domain/space"
)

// names are the values that name one contact each, as contacts show them.
type names struct {
	all    []name
	people []contact.Key
	kinds  []space.Identifier
	also   map[name][]contact.ID // whose claims lead to the contact, where it is not that of the contact alone
}

// name is a value that a contact shows. It does not hold the value.
type name struct {
	stream [16]byte // a hash of the name of the stream that tells who claimed it
	who    int32
	kind   int32
}

func hashed(s domain.Stream) [16]byte {
	sum := sha256.Sum256([]byte(s))
	return [16]byte(sum[:16])
}

// note notes what the contacts of a space show.
func (n *names) note(o *outline, in space.ID, state space.Space, t *told, hash func(parts ...string) string) {
	kin := map[contact.Key][]contact.ID{}
	for id := range t.seen {
		key := contact.Key{Space: in, ID: id}
		if _, has := o.kin[key]; has {
			first := o.first(key)
			kin[first] = append(kin[first], id)
		}
	}
	for id := range t.seen {
		if t.family(id).Own(id).Standing() != nil {
			continue
		}
		told := t.family(id).Told(id)
		key := contact.Key{Space: in, ID: id}
		others := kin[o.first(key)]
		who := int32(-1)
		add := func(kind space.Identifier, value string, slot contact.Slot) {
			if who < 0 {
				who = int32(len(n.people))
				n.people = append(n.people, key)
			}
			s := identifier.Key{Space: in, Kind: kind, Hash: hash(string(in), string(kind), value)}.Stream()
			one := name{hashed(s), who, n.kind(kind)}
			n.all = append(n.all, one)
			if len(others) > 0 {
				if n.also == nil {
					n.also = map[name][]contact.ID{}
				}
				n.also[one] = t.leading(others, slot, told.Values[slot].Text, id)
			}
		}
		for _, kind := range state.Unique {
			if value := told.Field(string(kind)); value != "" {
				add(kind, value, contact.Slot(kind))
			}
		}
		for _, i := range told.Identities() {
			add(space.Identifier("channel."+i.Channel), i.Of, i.Slot())
		}
	}
}

// leading are those of the kin of a contact whose claim of what it shows leads to it:
// they show it themselves or gave it to who does, and that one is a part of it.
func (t *told) leading(kin []contact.ID, slot contact.Slot, text string, root contact.ID) (ids []contact.ID) {
	family := t.family(root)
	for _, id := range kin {
		has := id
		own := family.Own(has)
		for own.Deleted == 0 && own.Values[slot].Text != text && own.Gave[slot] != "" {
			has = own.Gave[slot]
			own = family.Own(has)
		}
		if own.Deleted == 0 && own.Values[slot].Text == text && family.Root(has) == root {
			ids = append(ids, id)
		}
	}
	return ids
}

func (n *names) kind(kind space.Identifier) int32 {
	i := slices.Index(n.kinds, kind)
	if i < 0 {
		i = len(n.kinds)
		n.kinds = append(n.kinds, kind)
	}
	return int32(i)
}

// doubt is a value that does not name one contact.
type doubt struct {
	name
	Difference
}

// doubts are the values that several contacts show, or whose claims, as they are at a
// position, do not lead to the contact that shows them.
func (c *check) doubts(ctx context.Context, n *names, until domain.Position) (all []doubt, err error) {
	slices.SortFunc(n.all, func(a, b name) int {
		return cmp.Or(slices.Compare(a.stream[:], b.stream[:]), cmp.Compare(a.who, b.who))
	})
	holders := make([]contact.ID, len(n.all))
	prefix := "identifier-"
	if c.Space != "" {
		prefix += string(c.Space) + "."
	}
	for r, err := range c.Journal(ctx, until, ofCategory("identifier"), prefix) {
		if err != nil && r.Stream == "" {
			return nil, err
		}
		stream := hashed(r.Stream)
		holder := contact.ID("")
		if e, claimed := r.Event.(identifier.Claimed); claimed {
			holder = e.Contact
		}
		i, _ := slices.BinarySearchFunc(n.all, stream, func(one name, stream [16]byte) int { return slices.Compare(one.stream[:], stream[:]) })
		for ; i < len(n.all) && n.all[i].stream == stream; i++ {
			holders[i] = holder
		}
		c.Reach("identifiers", r.Position)
	}
	for i, one := range n.all {
		who, field := n.people[one.who], string(n.kinds[one.kind])
		leads, several := n.also[one]
		if !several {
			leads = []contact.ID{who.ID}
		}
		wrong := ""
		switch {
		case i > 0 && n.all[i-1].stream == one.stream:
			wrong = "is what " + string(n.people[n.all[i-1].who].ID) + " shows too, and names one contact only"
		case slices.Contains(leads, holders[i]):
		case holders[i] == "":
			wrong = "is claimed for nobody"
		default:
			wrong = "leads to another contact: it is claimed for " + string(holders[i])
		}
		if wrong != "" {
			all = append(all, doubt{one, of("identifiers", who, field, wrong)})
		}
	}
	return all, nil
}

// identifiers compares what names one contact each with who claimed it. Whoever gives a
// contact a value does so in steps, so what seems wrong is looked at again until it is
// right, or somebody must have come to the end.
func (c *check) identifiers(ctx context.Context) error {
	c.done.Identifiers = len(c.names.all)
	doubts, err := c.doubts(ctx, &c.names, c.until)
	if err != nil {
		return err
	}
	began := time.Now()
	for look := 0; len(doubts) > 0; look++ {
		if look > 0 && time.Since(began) >= c.Patience {
			for _, d := range doubts {
				c.differs(d.Difference)
			}
			return c.say(ctx)
		}
		if look > 0 {
			if err := pause(ctx, min(time.Second, c.Patience)); err != nil {
				return err
			}
		}
		if doubts, err = c.lookAgain(ctx, doubts); err != nil {
			return err
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lookAgain tells the contacts that doubts are about, and all that are one with them,
// once more as they are by now.
func (c *check) lookAgain(ctx context.Context, doubts []doubt) ([]doubt, error) {
	end, err := c.End(ctx)
	if err != nil {
		return nil, err
	}
	o, err := c.survey(ctx, end, nil)
	if err != nil {
		return nil, err
	}
	families, streams := map[contact.Key]bool{}, map[[16]byte]bool{}
	about := func(key contact.Key) { families[o.first(key)] = true }
	for _, d := range doubts {
		about(contact.Key{Space: d.Space, ID: contact.ID(d.ID)})
		streams[d.stream] = true
	}
	for _, one := range c.names.all {
		if streams[one.stream] {
			about(c.names.people[one.who])
		}
	}
	wanted := func(key contact.Key) bool { return families[o.first(key)] }
	begin := ""
	if c.Space != "" {
		begin = string(c.Space) + "."
	}
	told, err := c.tell(ctx, "identifiers in doubt", end, o, wanted, begin, false)
	if err != nil {
		return nil, err
	}
	var now names
	for in, t := range told {
		if r := o.rooms[in]; r != nil && r.opened {
			now.note(o, in, r.state, t, c.Hash)
		}
	}
	left, err := c.doubts(ctx, &now, end)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(left, func(d doubt) bool { return !streams[d.stream] }), nil
}
