<?php
require $argv[1];
$cases = json_decode(file_get_contents('php://stdin'), true);
echo json_encode(array_map(fn ($case) => isGenuine($case['body'], $case['signature'], $case['secret']), $cases));
