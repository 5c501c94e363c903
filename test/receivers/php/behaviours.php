<?php

// What the suite over HTTP does not show. Takes the blocks of README with `deliveryOf` and `PdoStore` as files.

declare(strict_types=1);

use Ringback\FileStore;
use Ringback\MemoryStore;
use Ringback\Receiver;
use Ringback\Webhook;
use Ringback\WebhookVerificationError;

require getenv('RECEIVER');
require $argv[1];
require $argv[2];

const SECRET = 'correct horse battery staple';
const BODY = '{"id":"1","status":"failed","type":"content_translate","error":{"code":"job.cancelled","message":"m"}}';

function same(mixed $expected, mixed $given, string $what): void
{
    if ($expected !== $given) {
        fwrite(STDERR, "$what: " . json_encode($given) . ' is not ' . json_encode($expected) . "\n");
        exit(1);
    }
}

function signed(string $body, string $id = '1'): array
{
    $now = (string) time();
    $signature = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$now.$body", SECRET, true));
    return ['webhook-id' => $id, 'webhook-timestamp' => $now, 'webhook-signature' => $signature];
}

$event = Webhook::verify(BODY, signed(BODY), SECRET)->event;
same(['failed', 'job.cancelled', null], [$event->status, $event->error->code, $event->result], 'the event');
same('7', deliveryOf(BODY, signed(BODY, '7'), [SECRET]), 'the block of README');
same('refused: signature.mismatch', deliveryOf(BODY, signed(BODY), ['another']), 'the block of README, another secret');

$half = '{"type":"x","a":"\ud800","b":"\ud83d\ude00","c":"\\\\ud800","d":"\ude00\ud83d","e":"\\\\\ud800x"}';
$halves = Webhook::verify($half, signed($half), SECRET)->event->json;
same(["\u{fffd}", '😀', '\ud800', "\u{fffd}\u{fffd}", "\\\u{fffd}x"], array_values(array_slice($halves, 1)), 'halves of pairs');
$deep = '{"type":"x","result":' . str_repeat('[', 256) . str_repeat(']', 256) . '}';
same('x', Webhook::verify($deep, signed($deep), SECRET)->event->type, 'the deepest result');

$folder = sys_get_temp_dir() . '/ringback-php-' . bin2hex(random_bytes(8));
$stores = [new MemoryStore(), new FileStore($folder), new PdoStore(new PDO('sqlite::memory:'))];
foreach ($stores as $store) {
    $name = $store::class;
    same(['claimed', 'running', 'claimed'], [$store->claim('1', 60), $store->claim('1', 60), $store->claim('b/..', 60)], $name);
    $store->release('1');
    $store->release('never there');
    $store->complete('b/..', 60);
    same(['claimed', 'done', 'claimed'], [$store->claim('1', -1), $store->claim('b/..', 60), $store->claim('1', 60)], $name);
}
same(3, count(glob("$folder/*/*")), 'files of a store');
array_map(unlink(...), glob("$folder/*/*"));
array_map(rmdir(...), glob("$folder/*"));
rmdir($folder);
$few = new MemoryStore(2);
same(['claimed', 'claimed', 'claimed', 'claimed'], array_map(fn ($id) => $few->claim($id, 60), ['1', '2', '3', '1']), 'few');

// An answer after the handler says how it ended.
$lines = [];
$outcomes = [new RuntimeException('no'), null];
$receiver = new Receiver(
    SECRET,
    function () use (&$receiver, &$outcomes): void {
        same(409, $receiver->receive('POST', signed(BODY), BODY)[0]->status, 'the same, meanwhile');
        $outcome = array_shift($outcomes);
        if ($outcome !== null) {
            throw $outcome;
        }
    },
    new MemoryStore(),
    answerAfterHandler: true,
    log: function (array $line) use (&$lines): void {
        $lines[] = $line['outcome'];
    },
    onError: fn () => null,
);
$answers = array_map(fn () => $receiver->receive('POST', signed(BODY), BODY)[0]->status, [1, 2, 3]);
same([500, 200, 200], $answers, 'answers');
same('accepted duplicate failed accepted duplicate handled duplicate', implode(' ', $lines), 'lines');

// What fails beside it ends no request.
$fail = function (): never {
    throw new RuntimeException('broken');
};
$errors = 0;
$count = function () use (&$errors): void {
    $errors++;
};
$broken = new class implements Ringback\DeliveryStore {
    public function claim(string $deliveryId, int $leaseSeconds): string
    {
        throw new RuntimeException('broken');
    }

    public function complete(string $deliveryId, int $keepSeconds): void
    {
    }

    public function release(string $deliveryId): void
    {
    }
};
same(503, (new Receiver(SECRET, $fail, $broken, log: $fail, onError: $count))->receive('POST', signed(BODY), BODY)[0]->status, 'store');
same(2, $errors, 'errors of store and log');

// A secret that is none is said at the start, or answered with 500; and so is a body that something else has read.
foreach ([[null, 'secret.missing'], [[], 'secret.missing'], ['whsec_x', 'secret.malformed'], ['whpk_x', 'secret.malformed']] as [$secret, $code]) {
    try {
        new Receiver($secret, $fail, new MemoryStore());
        same(true, false, "$code is thrown");
    } catch (WebhookVerificationError $error) {
        same($code, $error->getCode(), 'the code');
    }
    $receiver = new Receiver(fn () => $secret, $fail, new MemoryStore(), onError: $count);
    $answer = $receiver->receive('POST', signed(BODY), BODY)[0];
    same([500, $code], [$answer->status, $answer->body], $code);
}
$sent = ['Content-Length' => (string) strlen(BODY)] + signed(BODY);
foreach ([[null, 500, 'body.parsed'], ['', 500, 'body.parsed'], [substr(BODY, 0, 5), 400, 'body.incomplete']] as [$body, $status, $code]) {
    $answer = (new Receiver(SECRET, $fail, new MemoryStore(), onError: $count))->receive('POST', $sent, $body)[0];
    same([$status, $code], [$answer->status, $answer->body], "a body that was read or cut: $code");
}
echo "OK\n";
