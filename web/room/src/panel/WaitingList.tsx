// SPDX-License-Identifier: Apache-2.0

import { Button } from "@convoke/ui";
import type { WaitingPerson } from "../api";

interface WaitingListProps {
  people: WaitingPerson[];
  onAdmit: (person: WaitingPerson) => void;
}

/** The people at the door, each with the button that lets them in. */
export function WaitingList({ people, onAdmit }: WaitingListProps) {
  if (people.length === 0) return null;
  return (
    <section className="door" aria-label="Waiting to be let in">
      <h3>{people.length === 1 ? "1 person is waiting" : `${people.length} people are waiting`}</h3>
      <ul>
        {people.map((person) => (
          <li key={person.id}>
            <span className="door__name">{person.name}</span>
            <Button
              size="sm"
              variant="primary"
              data-testid="admit"
              data-identity={person.id}
              aria-label={`Admit ${person.name}`}
              onClick={() => onAdmit(person)}
            >
              Admit
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
