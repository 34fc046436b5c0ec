<?php
// SPDX-License-Identifier: Apache-2.0
// SimpleSAMLphp as an identity provider for tests, from the distribution's package.
// IDP_DIR is a directory of the run's own, IDP_URL where it is served.
$dir = getenv('IDP_DIR');
$config = [
    'baseurlpath' => getenv('IDP_URL') . '/',
    'certdir' => $dir . '/',
    'loggingdir' => $dir . '/',
    'datadir' => $dir . '/',
    'tempdir' => $dir . '/tmp',
    'metadatadir' => __DIR__ . '/metadata',
    'attributenamemapdir' => '/etc/simplesamlphp/attributemap/',
    'secretsalt' => 'of a test',
    'auth.adminpassword' => bin2hex(random_bytes(16)),
    'technicalcontact_name' => 'Nobody',
    'technicalcontact_email' => 'nobody@people.example',
    'timezone' => 'UTC',
    'trusted.url.domains' => null, // the test signs out to where it likes
    'enable.saml20-idp' => true,
    'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
    'session.cookie.name' => 'IdPSession',
    'session.cookie.secure' => false,
    'session.cookie.samesite' => null,
    'session.phpsession.cookiename' => 'IdPPHP',
    'session.phpsession.savepath' => $dir . '/tmp',
    'session.authtoken.cookiename' => 'IdPToken',
    'language.cookie.secure' => false,
    'language.available' => ['en'],
    'language.default' => 'en',
    'language.cookie.samesite' => null,
    'production' => true,
    'showerrors' => true,
    'errorreporting' => false,
    'logging.level' => SimpleSAML\Logger::INFO,
    'logging.handler' => 'file',
    'logging.logfile' => 'idp.log',
    'authproc.idp' => [],
    'authproc.sp' => [],
    'metadata.sources' => [['type' => 'flatfile']],
    'store.type' => 'sql', // PHP's own sessions would keep its one server waiting for itself
    'store.sql.dsn' => 'sqlite:' . $dir . '/store.sq3',
];
