// SPDX-License-Identifier: Apache-2.0

package clienttest

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/convoke/convoke/client"
)

// ticketLife is how long a ticket says that it is good for.
const ticketLife = 5 * time.Minute

// Ticket implements client.Provider.
func (p *Provider) Ticket(ctx context.Context, meetingID int64, who client.Attendance) (client.Ticket, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if err := p.begin(ctx, Call{Method: "Ticket", ExternalID: who.ExternalID, MeetingID: meetingID}); err != nil {
		return client.Ticket{}, err
	}
	if err := checkAttendance(who); err != nil {
		return client.Ticket{}, err
	}
	if _, err := p.find(meetingID); err != nil {
		return client.Ticket{}, err
	}
	if who.ExternalID != "" {
		if _, err := p.bound(who.ExternalID); err != nil {
			return client.Ticket{}, err
		}
	}
	return client.Ticket{URL: BaseURL + "/t/" + rand.Text(), ExpiresAt: time.Now().Add(ticketLife)}, nil
}
