<?php
// SPDX-License-Identifier: Apache-2.0
// The people. IDP_DIR/people.json may name others: {"name:password": {attribute: [values]}}.
$people = [];
foreach (['ann' => 'Ann', 'bob' => 'Bob', 'cat' => 'Cat', 'dan' => 'Dan'] as $name => $first) {
    $people["$name:$name-secret"] = [
        'uid' => [$name], 'mail' => ["$name@people.example"], 'givenName' => [$first], 'sn' => ["O'Test & Söhne"],
        'department' => ['Research'], 'memberOf' => ['staff', 'lab'],
    ];
}
$config = ['people' => ['exampleauth:UserPass'] + $people];
