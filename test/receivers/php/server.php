<?php

// The receiver under test, as harness/suite.ts wants it; plain PHP, or with `KIND=psr` over PSR-7.

declare(strict_types=1);

use Ringback\FileStore;
use Ringback\Receiver;
use Ringback\VerifiedWebhook;
use Ringback\WebhookEvent;

if (getenv('KIND') === 'psr') {
    require 'Nyholm/Psr7/autoload.php';
    require __DIR__ . '/psr.php';
}
require getenv('RECEIVER');

function say(string $line): void
{
    file_put_contents(getenv('OUTPUT'), "$line\n", FILE_APPEND | LOCK_EX);
}

$receiver = new Receiver(
    getenv('SECRET'),
    function (WebhookEvent $event, string $deliveryId): void {
        while (!file_exists(getenv('GATE'))) {
            usleep(5_000);
            clearstatcache();
        }
        if (file_get_contents(getenv('GATE')) === 'fail') {
            throw new RuntimeException('the gate says fail');
        }
        say("handled $deliveryId $event->type");
    },
    new FileStore(getenv('SEEN')),
    log: fn (array $line) => say('log ' . json_encode(isset($line['duration_ms']) ? ['duration_ms' => 0] + $line : $line)),
    onError: fn (Throwable $error, ?VerifiedWebhook $webhook) => say("error {$error->getMessage()} " . $webhook?->deliveryId),
);

if (getenv('KIND') === 'psr') {
    $factory = new Nyholm\Psr7\Factory\Psr17Factory();
    Frameworks\emit((new Ringback\ReceiverRequestHandler($receiver, $factory))->handle(Frameworks\request($factory)));
} else {
    $receiver->handle();
}
