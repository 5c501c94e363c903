<?php
// Verifies signed webhooks with PHP's own functions alone.
//
// Reads a JSON list of {secret, key_base64, headers, body_base64} and prints a JSON list of booleans. Written after the
// announcement's sample for X-Signature and after the Standard Webhooks specification for webhook-signature.

function verifyXSignature(string $secret, array $headers, string $payload): bool
{
    return hash_equals(hash_hmac('sha256', $payload, $secret), $headers['X-Signature']);
}

function verifyStandard(string $key, array $headers, string $payload): bool
{
    $signed = $headers['webhook-id'] . '.' . $headers['webhook-timestamp'] . '.' . $payload;
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true));
    foreach (explode(' ', $headers['webhook-signature']) as $passed) {
        if (hash_equals($expected, $passed)) {
            return true;
        }
    }
    return false;
}

$answers = [];
foreach (json_decode(file_get_contents('php://stdin'), true, 512, JSON_THROW_ON_ERROR) as $case) {
    $payload = base64_decode($case['body_base64']);
    $answers[] = verifyXSignature($case['secret'], $case['headers'], $payload)
        && verifyStandard(base64_decode($case['key_base64']), $case['headers'], $payload);
}
echo json_encode($answers);
