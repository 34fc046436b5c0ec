<?php
// SPDX-License-Identifier: Apache-2.0
// The service providers are those whose metadata lie in IDP_DIR/sp, as they publish it.
// A file NAME.json beside NAME.xml changes what the provider does for it.
// Tests run side by side, so a file may go between the listing and the reading; nobody asks for it then.
foreach (glob(getenv('IDP_DIR') . '/sp/*.xml') as $file) {
    $xml = @file_get_contents($file);
    if ($xml === false) {
        continue;
    }
    $sp = SimpleSAML\Metadata\SAMLParser::parseString($xml)->getMetadata20SP();
    $more = @file_get_contents(substr($file, 0, -4) . '.json');
    if ($more !== false) {
        $sp = array_merge($sp, json_decode($more, true));
    }
    $metadata[$sp['entityid']] = $sp;
}
