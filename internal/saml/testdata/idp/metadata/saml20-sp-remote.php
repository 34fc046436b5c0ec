<?php
// SPDX-License-Identifier: Apache-2.0
// The service providers are those whose metadata lie in IDP_DIR/sp, as they publish it.
// A file NAME.json beside NAME.xml changes what the provider does for it.
foreach (glob(getenv('IDP_DIR') . '/sp/*.xml') as $file) {
    $sp = SimpleSAML\Metadata\SAMLParser::parseString(file_get_contents($file))->getMetadata20SP();
    $more = substr($file, 0, -4) . '.json';
    if (is_file($more)) {
        $sp = array_merge($sp, json_decode(file_get_contents($more), true));
    }
    $metadata[$sp['entityid']] = $sp;
}
