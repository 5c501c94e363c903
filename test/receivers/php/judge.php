<?php

// Judges the shared vectors: reads vectors.json from standard input, or from the file of the first argument, and prints a
// JSON list of `ok` or error codes.

declare(strict_types=1);

use Ringback\Scheme;
use Ringback\Webhook;
use Ringback\WebhookVerificationError;

// Alone: verifying needs no other file.
require dirname(getenv('RECEIVER') ?: './Receiver.php') . '/Webhook.php';

$vectors = json_decode(file_get_contents(getenv('VECTORS') ?: 'php://stdin'), true, 512, JSON_THROW_ON_ERROR);

function body_of(array $case): string
{
    if (isset($case['body_base64'])) {
        return base64_decode($case['body_base64']);
    }
    $repeat = static fn (array $part) => str_repeat($part[0], $part[1]);
    return $case['body'] ?? implode('', array_map($repeat, $case['body_parts']));
}

function judge(array $case, array $headers, array $vectors): string
{
    $now = static fn () => $vectors['now_seconds'];
    $scheme = Scheme::from($case['scheme']);
    try {
        Webhook::verify(body_of($case), $headers, $case['secrets'], $scheme, $vectors['tolerance_seconds'], $now);
        return 'ok';
    } catch (WebhookVerificationError $error) {
        foreach ($case['secrets'] as $secret) {
            if (strlen($secret) > 6 && str_contains($error->getMessage(), $secret)) {
                return 'a secret in a message';
            }
        }
        return $error->getCode();
    }
}

$answers = [];
foreach ($vectors['cases'] as $case) {
    // As getallheaders() has them, and as PSR-7 has.
    $answer = judge($case, $case['headers'], $vectors);
    $lists = array_map(static fn (string $value) => [$value], $case['headers']);
    $answers[] = judge($case, $lists, $vectors) === $answer ? $answer : 'otherwise with lists of values';
}
echo json_encode($answers);
